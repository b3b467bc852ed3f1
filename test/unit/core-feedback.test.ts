import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { feedbackSentence, parseFeedback, TEXT_LIMIT } from '../../src/core/feedback.ts'

const RULE = 'data must have a score from 0 to 10, or stars from 1 to 5, and may have a text'

describe('feedback', () => {
  test.each([
    [{ score: 0 }, { scale: 'nps', score: 0, text: null }],
    [
      { score: 10, text: '  Fine\n ' },
      { scale: 'nps', score: 10, text: 'Fine' },
    ],
    [
      { stars: 5, text: null },
      { scale: 'stars', score: 5, text: null },
    ],
    [
      { stars: 1, score: null, text: ' \n ' },
      { scale: 'stars', score: 1, text: null },
    ],
    [{ score: -0 }, { scale: 'nps', score: 0, text: null }],
  ])('%j is understood', (data, said) => {
    expect(parseFeedback(data)).toEqual(said)
  })

  test.each([
    ['በጣም ጥሩ አገልግሎት፣ ግን ዘገየ'],
    ['Շատ լավ էր, բայց ուշացավ'],
    ['Çox gözəl, amma gec gəldi, əla'],
    ['Huduma nzuri, lakini ilichelewa'],
    ['👩‍👩‍👧‍👦 𝒷ad\tvery'],
  ])('keeps words as they are: %s', (text) => {
    expect(parseFeedback({ score: 6, text })).toEqual({ scale: 'nps', score: 6, text })
  })

  test.each([
    [undefined, RULE],
    [null, RULE],
    ['10', RULE],
    [[10], RULE],
    [{}, RULE],
    [{ text: 'Late' }, RULE],
    [{ score: 3, stars: 3 }, 'data must have a score or stars, not both'],
    [{ score: 11 }, 'data.score must be a whole number from 0 to 10'],
    [{ score: -1 }, 'data.score must be a whole number from 0 to 10'],
    [{ score: 7.5 }, 'data.score must be a whole number from 0 to 10'],
    [{ score: '7' }, 'data.score must be a whole number from 0 to 10'],
    [{ score: Number.NaN }, 'data.score must be a whole number from 0 to 10'],
    [{ stars: 0 }, 'data.stars must be a whole number from 1 to 5'],
    [{ stars: 6 }, 'data.stars must be a whole number from 1 to 5'],
    [{ stars: true }, 'data.stars must be a whole number from 1 to 5'],
    [{ score: 3, text: 7 }, 'data.text must be a string'],
    [{ score: 3, text: 'a\u0000b' }, 'data.text must not contain control characters'],
    [{ score: 3, text: 'a\ud800b' }, 'data.text must not contain control characters'],
    [{ score: 3, text: 'x'.repeat(TEXT_LIMIT + 1) }, 'data.text must have at most 2,000 characters'],
    [{ score: 3, comment: 'Late' }, 'data may have score or stars, and text, but nothing else'],
  ])('%j is refused with what would be right', (data, message) => {
    expect(parseFeedback(data)).toBe(message)
  })

  test('takes as many characters as people count, whatever script', () => {
    const text = '😀'.repeat(TEXT_LIMIT)
    expect(parseFeedback({ stars: 1, text })).toMatchObject({ text })
    expect(parseFeedback({ stars: 1, text: `${text}x` })).toBe('data.text must have at most 2,000 characters')
  })

  test('is understood or refused, whatever comes, and a refusal never repeats it', () => {
    const secret = 'ሰላም-secret'
    const value = fc.oneof(fc.anything(), fc.constant(secret), fc.integer({ min: -2, max: 12 }))
    const data = fc.oneof(
      fc.anything(),
      fc.record({ score: value, stars: value, text: value, [secret]: value }, { requiredKeys: [] }),
    )
    fc.assert(
      fc.property(data, (given) => {
        const found = parseFeedback(given)
        if (typeof found === 'string') expect(found).not.toContain(secret)
        else expect(Number.isInteger(found.score) && found.score >= 0 && found.score <= 10).toBe(true)
      }),
    )
  })

  test.each([
    [{ scale: 'nps', score: 3, text: 'Late' }, 'Gave 3 of 10 and wrote a comment.'],
    [{ scale: 'stars', score: 2, text: null }, 'Gave 2 of 5 stars.'],
  ] as const)('is told without the words', (said, sentence) => {
    expect(feedbackSentence(said)).toBe(sentence)
  })
})
