// Files share a worker there: what one leaves of numbers and clocks must not be the next one's beginning.
import { beginSeeds } from '../world.ts'

beginSeeds()
