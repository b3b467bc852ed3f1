/** So many databases the tests of one file may have in use at once, in workerd. */
export const DATABASES = 60
