/** Charts (`data_visualization`): a picture, and the same figures in a table for whoever wants or needs them. */
import { type RefObject, useId, useLayoutEffect, useRef, useState } from 'react'
import { type Json, listOf, recordOf, textIn } from '../../doubles/slack/json.ts'
import {
  areaPath,
  type Box,
  barAt,
  heightOf,
  labelsShown,
  linePath,
  middleOf,
  scaleFor,
  slicesOf,
} from './chart-maths.ts'
import { useDesk } from './desk.tsx'

const WIDTH = 480
const LEAST_WIDTH = 160
const HEIGHT = 200
const RADIUS = 80
/** Of its labels, in pixels. */
const PER_CHARACTER = 6.2
/** A line whose least is near its most says more where it does not begin at nought. */
const NEAR = 0.6

interface Series {
  name: string
  values: number[]
}

interface Chart {
  kind: string
  title: string
  labels: string[]
  series: Series[]
  x: string
  y: string
}

function read(block: Json): Chart {
  const chart = recordOf(block.chart)
  const [kind, title] = [textIn(chart.type), textIn(block.title)]
  if (kind === 'pie') {
    const segments = listOf(chart.segments)
    const labels = segments.map(({ label }) => textIn(label))
    return {
      kind,
      title,
      labels,
      series: [{ name: title, values: segments.map(({ value }) => Number(value)) }],
      x: '',
      y: '',
    }
  }
  const axes = recordOf(chart.axis_config)
  const labels = Array.isArray(axes.categories) ? axes.categories.map(String) : []
  const series = listOf(chart.series).map(({ name, data }) => ({
    name: textIn(name),
    values: labels.map((label) => Number(listOf(data).find((point) => point.label === label)?.value ?? Number.NaN)),
  }))
  return { kind, title, labels, series, x: textIn(axes.x_label), y: textIn(axes.y_label) }
}

export function ChartBlock({ block }: { block: Json }) {
  const { words } = useDesk()
  const titleId = useId()
  const picture = useRef<SVGSVGElement>(null)
  const width = useWidth(picture)
  const chart = read(block)
  const figure = (value: number): string => (Number.isFinite(value) ? value.toLocaleString(words.locale) : '–')
  return (
    <figure className="sl-chart" aria-labelledby={titleId}>
      <figcaption id={titleId}>{chart.title}</figcaption>
      <Legend chart={chart} />
      <svg
        ref={picture}
        height={HEIGHT}
        viewBox={chart.kind === 'pie' ? `${-width / 2} ${-HEIGHT / 2} ${width} ${HEIGHT}` : `0 0 ${width} ${HEIGHT}`}
        role="img"
        aria-label={inWords(chart, figure)}
      >
        {chart.kind === 'pie' ? <Pie chart={chart} /> : <Axes chart={chart} locale={words.locale} width={width} />}
      </svg>
      <details>
        <summary>Figures</summary>
        <Figures chart={chart} figure={figure} />
      </details>
    </figure>
  )
}

/** As wide as it is shown: what is written in it stays as large as everything else. */
function useWidth(box: RefObject<SVGSVGElement | null>): number {
  const [width, setWidth] = useState(WIDTH)
  useLayoutEffect(() => {
    const shown = box.current
    if (shown === null) return
    const measure = (): void =>
      setWidth(Math.max(LEAST_WIDTH, Math.round(shown.getBoundingClientRect().width) || WIDTH))
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(shown)
    return () => observer.disconnect()
  }, [box])
  return width
}

const KINDS: Record<string, string> = { line: 'Line chart', bar: 'Bar chart', area: 'Area chart', pie: 'Pie chart' }

/** The whole in a sentence; each figure is in the table. */
function inWords({ kind, title, labels, series }: Chart, figure: (value: number) => string): string {
  const told = series.map(({ name, values }) => {
    const last = values.length - 1
    if (kind === 'pie') return labels.map((label, n) => `${label} ${figure(values[n] ?? 0)}`).join(', ')
    const ends = `${labels[0]} ${figure(values[0] ?? 0)}, ${labels[last]} ${figure(values[last] ?? 0)}`
    return series.length > 1 ? `${name}: ${ends}` : ends
  })
  return `${KINDS[kind] ?? 'Chart'}: ${title}. ${told.join('; ')}`
}

function Axes({ chart, locale, width }: { chart: Chart; locale: string; width: number }) {
  const { kind, labels, series, x } = chart
  const all = series.flatMap(({ values }) => values).filter(Number.isFinite)
  const isFromZero = kind !== 'line' || Math.min(...all) <= Math.max(...all) * NEAR
  const scale = scaleFor(all, isFromZero)
  const box: Box = { left: 40, top: 8, width: width - 46, height: HEIGHT - (x === '' ? 32 : 48) }
  const isShown = labelsShown(labels, box.width, PER_CHARACTER)
  const short = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 })
  return (
    <>
      {scale.ticks.map((tick) => (
        <g key={tick}>
          <line
            className="sl-grid"
            x1={box.left}
            x2={box.left + box.width}
            y1={heightOf(tick, scale, box)}
            y2={heightOf(tick, scale, box)}
          />
          <text className="sl-tick" x={box.left - 6} y={heightOf(tick, scale, box) + 3.5} textAnchor="end">
            {short.format(tick)}
          </text>
        </g>
      ))}
      {labels.map((label, n) =>
        isShown[n] ? (
          <text
            className="sl-tick"
            key={label}
            x={Math.min(middleOf(n, labels.length, box), width - 2 - (label.length * PER_CHARACTER) / 2)}
            y={box.top + box.height + 15}
            textAnchor="middle"
          >
            {label}
          </text>
        ) : null,
      )}
      {x !== '' && (
        <text className="sl-tick" x={box.left + box.width / 2} y={HEIGHT - 3} textAnchor="middle">
          {x}
        </text>
      )}
      {series.map(({ name, values }, n) => {
        if (kind === 'bar')
          return (
            <g key={name} className={`sl-fill sl-c${n}`}>
              {values.map((value, column) => (
                <rect
                  key={labels[column]}
                  rx="2"
                  {...barAt(value || 0, { column, columns: labels.length, series: n, of: series.length }, scale, box)}
                />
              ))}
            </g>
          )
        return (
          <g key={name} className={`sl-c${n}`}>
            {kind === 'area' && <path className="sl-area" d={areaPath(values, scale, box)} />}
            <path
              className={`sl-line sl-dash${n}`}
              d={linePath(
                values.map((value) => (Number.isFinite(value) ? value : null)),
                scale,
                box,
              )}
            />
            {values.map((value, point) =>
              Number.isFinite(value) ? (
                <circle
                  className="sl-fill"
                  key={labels[point]}
                  r="3"
                  cx={middleOf(point, values.length, box)}
                  cy={heightOf(value, scale, box)}
                />
              ) : null,
            )}
          </g>
        )
      })}
    </>
  )
}

function Pie({ chart: { labels, series } }: { chart: Chart }) {
  const slices = slicesOf(series[0]?.values ?? [], RADIUS)
  return (
    <>
      {slices.map(({ path }, n) => (
        <path key={labels[n]} className={`sl-fill sl-slice sl-c${n}`} d={path} />
      ))}
    </>
  )
}

function Legend({ chart: { kind, labels, series, y } }: { chart: Chart }) {
  const names = kind === 'pie' ? labels : series.map(({ name }) => name)
  if (names.length < 2 && y === '') return null
  return (
    <p className="sl-legend">
      {y !== '' && <span className="sl-unit">{y}</span>}
      {names.length > 1 &&
        names.map((name, n) => (
          <span key={name}>
            <i className={`sl-swatch sl-c${n}`} aria-hidden="true" />
            {name}
          </span>
        ))}
    </p>
  )
}

function Figures({
  chart: { kind, labels, series, title },
  figure,
}: {
  chart: Chart
  figure: (value: number) => string
}) {
  return (
    <table>
      <caption className="sl-unseen">{title}</caption>
      <thead>
        <tr>
          <td />
          {series.map(({ name }) => (
            <th key={name} scope="col">
              {kind === 'pie' ? 'Value' : name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {labels.map((label, n) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            {series.map(({ name, values }) => (
              <td key={name}>{figure(values[n] ?? Number.NaN)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
