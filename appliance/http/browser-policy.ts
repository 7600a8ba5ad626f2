import { isIP } from 'node:net'
import { hostOf } from '../protocol/host.ts'

/**
 * What the city's IT gives to all PCs at once, so that nobody is asked for a microphone, and nobody installs a certificate by
 * hand: policies of Chromium's browsers (chromeenterprise.google/policies, learn.microsoft.com/deployedge).
 */
export interface PolicyWish {
	/** Where the pages are: https://host[:port]. */
	origins: readonly string[]
	/** PEM. Null: browsers know who signed the certificate. */
	ca: string | null
}

/** The same names in Chrome and Edge. Whale takes them from its own administration page. */
const registries = ['SOFTWARE\\Policies\\Google\\Chrome', 'SOFTWARE\\Policies\\Microsoft\\Edge']
/** The certificate names whatever address this machine has, and has another one when its network gives it another. */
const houses = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '127.0.0.0/8']
/** Entries of a list are numbered. A number of our own takes no other's place. */
const place = 8443

type Entry = string | object

function policies(wish: PolicyWish): Record<string, Entry[]> {
	const { ca } = wish
	const origins = [...new Set(wish.origins)]
	const hosts = origins.map(hostOf)
	const addresses = hosts.filter((host) => isIP(host) !== 0)
	return {
		AudioCaptureAllowedUrls: origins,
		VideoCaptureAllowedUrls: origins,
		AutoplayAllowlist: origins,
		// For what our certificate names and no more: whoever stole the authority's key could pose as no site outside.
		...(ca !== null && {
			CACertificatesWithConstraints: [
				{
					certificate: ca.replace(/-----[^-]+-----|\s/g, ''),
					constraints: {
						permitted_dns_names: [...hosts.filter((host) => isIP(host) === 0), 'localhost'],
						permitted_cidrs: [...houses, ...addresses.map((address) => `${address}/${isIP(address) === 4 ? 32 : 128}`)],
					},
				},
			],
		}),
	}
}

/** /etc/opt/chrome/policies/managed/maru.json, or that of another browser on Linux. */
export const policyJson = (wish: PolicyWish) => `${JSON.stringify(policies(wish), null, '\t')}\n`

/** For regedit or a group policy, Chrome's and Edge's. */
export function policyReg(wish: PolicyWish): string {
	const text = (entry: Entry) => (typeof entry === 'string' ? entry : JSON.stringify(entry))
	const quoted = (value: string) => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
	const sections = registries.flatMap((registry) =>
		Object.entries(policies(wish)).map(([name, entries]) => {
			const lines = entries.map((entry, index) => `"${place + index}"=${quoted(text(entry))}`)
			return [`[HKEY_LOCAL_MACHINE\\${registry}\\${name}]`, ...lines, ''].join('\r\n')
		}),
	)
	return ['Windows Registry Editor Version 5.00', '', ...sections].join('\r\n')
}
