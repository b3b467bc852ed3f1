/** What went wrong, or what is to be known, until it is put away. */
import { type Notice, useDesk } from './desk.tsx'
import { Icon } from './icons.tsx'

export function NoticeBar({ notice }: { notice: Notice }) {
  const { tell } = useDesk()
  return (
    <div className={`sl-notice sl-${notice.tone}`} role={notice.tone === 'trouble' ? 'alert' : 'status'}>
      <p className="sl-notice-text">{notice.text}</p>
      <button type="button" className="sl-bare" aria-label="Dismiss" onClick={() => tell(null)}>
        <Icon name="close" />
      </button>
    </div>
  )
}
