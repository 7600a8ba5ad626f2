/** What we use of it; it comes without types. */
declare module 'oidc-provider' {
	import type { IncomingMessage, ServerResponse } from 'node:http'

	export class Provider {
		constructor(issuer: string, configuration: object)
		/** Whether it is behind TLS of somebody else. */
		proxy: boolean
		callback(): (request: IncomingMessage, response: ServerResponse) => void
		use(step: (context: Context, next: () => Promise<void>) => Promise<void>): void
		interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>
		Grant: new (of: {
			clientId: string
			accountId: string
		}) => { addOIDCScope(scope: string): void; save(): Promise<string> }
	}

	export interface Context {
		path: string
		body: unknown
		oidc: {
			provider: Provider
			client: { clientId: string }
			session: { accountId: string }
		}
	}
}
