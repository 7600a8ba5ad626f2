/** The host of an address, IPv6 without its brackets; empty: it is no address. */
export const hostOf = (address: string) => URL.parse(address)?.hostname.replace(/^\[(.*)\]$/, '$1') ?? ''
