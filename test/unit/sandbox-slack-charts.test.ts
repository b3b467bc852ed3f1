/** Where the parts of charts go in the sandbox's Slack. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  areaPath,
  barAt,
  heightOf,
  labelsShown,
  linePath,
  scaleFor,
  slicesOf,
} from '../../integrations/sandbox/page/slack/chart-maths.ts'

const BOX = { left: 40, top: 10, width: 200, height: 100 }

describe('the scale', () => {
  it('has round figures around what is shown', () => {
    expect(scaleFor([2_490, 0], true).ticks).toEqual([0, 1_000, 2_000, 3_000])
    expect(scaleFor([65, 84], false).ticks).toEqual([65, 70, 75, 80, 85])
    expect(scaleFor([0.1, 0.3], true).ticks).toEqual([0, 0.1, 0.2, 0.3])
  })

  it('has room where all is the same, or nothing is there', () => {
    expect(scaleFor([5, 5], false)).toMatchObject({ min: 0, max: 10 })
    expect(scaleFor([0], true)).toMatchObject({ min: 0, max: 1 })
    expect(scaleFor([], true).ticks).toEqual([0, 1])
    expect(scaleFor([Number.NaN], true).ticks).toEqual([0, 1])
  })

  it('holds every figure, with few ticks that go up, whatever the figures are', () => {
    const figures = fc.array(fc.double({ min: -1e12, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 20 })
    void fc.assert(
      fc.property(figures, fc.boolean(), (values, isFromZero) => {
        const { min, max, ticks } = scaleFor(values, isFromZero)
        const slack = Math.max(Math.abs(min), Math.abs(max)) * 1e-9
        expect(Math.min(...values)).toBeGreaterThanOrEqual(min - slack)
        expect(Math.max(...values)).toBeLessThanOrEqual(max + slack)
        expect(ticks.length).toBeGreaterThan(1)
        expect(ticks.length).toBeLessThan(12)
        for (const [n, tick] of ticks.entries()) if (n > 0) expect(tick).toBeGreaterThan(ticks[n - 1] ?? Infinity)
      }),
    )
  })
})

describe('lines and areas', () => {
  const scale = { min: 0, max: 10, ticks: [0, 10] }

  it('go through the middle of each column', () => {
    expect(linePath([0, 10], scale, BOX)).toBe('M90 110 L190 10')
  })

  it('are broken where a figure is not known', () => {
    expect(linePath([0, null, 10], scale, BOX)).toBe('M73.33 110 M206.67 10')
  })

  it('are closed down to nought', () => {
    expect(areaPath([5, 10], scale, BOX)).toBe('M90 60 L190 10 L190 110 L90 110 Z')
    expect(areaPath([-5, 5], { min: -10, max: 10, ticks: [] }, BOX)).toContain('L190 60 L90 60 Z')
    expect(areaPath([], scale, BOX)).toBe('')
  })
})

describe('bars', () => {
  const where = { column: 1, columns: 4, series: 0, of: 2 }

  it('stand beside each other within their column', () => {
    const scale = scaleFor([10], true)
    const [first, second] = [barAt(10, where, scale, BOX), barAt(10, { ...where, series: 1 }, scale, BOX)]
    expect(first.x).toBeGreaterThanOrEqual(90)
    expect(second.x).toBeGreaterThan(first.x + first.width)
    expect(second.x + second.width).toBeLessThanOrEqual(140)
  })

  it('hang from nought where they are below it, and are seen however small', () => {
    const scale = { min: -10, max: 10, ticks: [] }
    const below = barAt(-5, where, scale, BOX)
    expect(below.y).toBe(heightOf(0, scale, BOX))
    expect(below.height).toBeCloseTo(25)
    expect(barAt(0.001, where, { min: 0, max: 1e6, ticks: [] }, BOX).height).toBe(1)
    expect(barAt(0, where, scale, BOX).height).toBe(0)
  })
})

describe('slices', () => {
  it('share the whole', () => {
    const slices = slicesOf([1, 1, 2], 80)
    expect(slices.map(({ share }) => share)).toEqual([0.25, 0.25, 0.5])
    expect(slices[0]?.path).toBe('M0 0 L0 -80 A80 80 0 0 1 80 0 Z')
  })

  it('one that is all is a circle, and one that is nothing is not drawn', () => {
    const [all, nothing] = slicesOf([3, 0], 80)
    expect(all?.path.match(/A/g)).toHaveLength(2)
    expect(nothing?.path).toBe('')
    expect(slicesOf([0, 0], 80).every(({ path }) => path === '')).toBe(true)
  })
})

describe('labels', () => {
  it('are all shown where there is room, and else some, the last always', () => {
    expect(labelsShown(['a', 'b', 'c'], 200, 6)).toEqual([true, true, true])
    const months = Array.from({ length: 12 }, (_, n) => `Month ${n + 10}`)
    const shown = labelsShown(months, 200, 6)
    expect(shown.at(-1)).toBe(true)
    expect(shown.filter(Boolean).length).toBeLessThanOrEqual(4)
  })
})
