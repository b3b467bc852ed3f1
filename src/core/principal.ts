/** How staff are called where an alert is theirs: as the program's lists and the books call them. */

const PRINCIPAL = /^(slack:[UW][A-Z0-9]{2,40}|hubspot:[^\s@]{1,200}@[^\s@]{1,200}|api:[^\s:,]{1,100})$/

/** An address is one however it is written. */
export const principalOf = (name: string): string => (name.startsWith('hubspot:') ? name.toLowerCase() : name)

/** Whether somebody can be called so: a person or a key, not a group. */
export const isPrincipal = (name: string): boolean => PRINCIPAL.test(name)
