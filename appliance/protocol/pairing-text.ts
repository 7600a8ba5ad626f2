/** What a tablet signs to have its token. */
export const signedText = (id: string) => `maru-pairing ${id}`
