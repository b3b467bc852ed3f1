/** How an award is called outside: a grant's id has slashes, which paths do not carry well; no part of one has a dot. */
export const publicId = (grant: string): string => grant.replaceAll('/', '.')
export const grantId = (award: string): string => award.replaceAll('.', '/')
