/** The words of the program in force, for every part of the page. */
import { createContext, useContext } from 'react'
import { createWords, type Words } from './words.ts'

export const WordsContext = createContext<Words>(createWords({ locale: 'en', timezone: 'UTC', currencies: {} }))

export const useWords = (): Words => useContext(WordsContext)
