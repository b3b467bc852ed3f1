// What stands in a portal of the double.
import type { Portal, PortalContact } from '../../integrations/sandbox/doubles/hubspot/portal.ts'

export const openContacts = ({ contacts }: Portal): PortalContact[] =>
  Object.values(contacts).filter(({ archived }) => !archived)
