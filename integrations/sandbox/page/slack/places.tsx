/** Channels, the app's own messages, and its Home. */
import type { ShownChannel } from '../../shown.ts'
import { Icon, type IconName } from './icons.tsx'

export const HOME = 'home'
/** Of the app with somebody, before anything was said. */
export const DM = 'dm'

export interface PlaceInfo {
  id: string
  name: string
  icon: IconName
  isNew: boolean
}

interface PlacesProps {
  places: readonly PlaceInfo[]
  here: string
  onGo: (place: string) => void
}

export function Places({ places, here, onGo }: PlacesProps) {
  return (
    <nav className="sl-places" aria-label="Slack">
      <ul>
        {places.map(({ id, name, icon, isNew }) => (
          <li key={id}>
            <button
              type="button"
              aria-current={id === here ? 'page' : undefined}
              data-new={isNew || undefined}
              onClick={() => onGo(id)}
            >
              <Icon name={icon} />
              <span>{name}</span>
              {isNew && <span className="sl-dot" role="img" aria-label="new messages" />}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  )
}

export function placesOf(channels: readonly ShownChannel[], isNew: (channel: string) => boolean): PlaceInfo[] {
  const shared = channels.filter(({ kind }) => kind !== 'im')
  const own = channels.find(({ kind }) => kind === 'im')
  return [
    ...shared.map(({ id, name }): PlaceInfo => ({ id, name, icon: 'hash', isNew: isNew(id) })),
    { id: own?.id ?? DM, name: 'Regulars', icon: 'chat', isNew: own !== undefined && isNew(own.id) },
    { id: HOME, name: 'Home', icon: 'home', isNew: false },
  ]
}
