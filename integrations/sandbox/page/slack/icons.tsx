/** Small pictures, drawn in the colour of the text beside them; what they mean is said elsewhere. */
const PATHS = {
  hash: 'M8 3 6.5 17M13.5 3 12 17M3.5 7.5h14M2.5 12.5h14',
  home: 'M3 9.5 10 3.5l7 6M5 8.5V16.5h3.5V12h3v4.5H15V8.5',
  chat: 'M3.5 4.5h13v9h-7l-3.5 3v-3h-2.5z',
  bolt: 'M11 2.5 4.5 11.5H9l-1 6 6.5-9H10z',
  dots: 'M4.5 10h.01M10 10h.01M15.5 10h.01',
  close: 'M5 5l10 10M15 5 5 15',
  eye: 'M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zM10 8a2 2 0 1 1 0 4 2 2 0 0 1 0-4z',
  send: 'M3.5 3.5 17 10 3.5 16.5 5.5 10zM5.5 10H11',
  down: 'M5.5 8 10 12.5 14.5 8',
  arrow: 'M10 4v12M5 11l5 5 5-5',
  copy: 'M7.5 7.5h8.5v8.5H7.5zM4 12.5V4h8.5',
  out: 'M8 4.5H4.5v11h11V12M11 4h5v5M16 4l-7 7',
  check: 'M4.5 10.5 8.5 14.5 15.5 6',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="sl-icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  )
}
