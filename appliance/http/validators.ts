import ajvCompiler from '@fastify/ajv-compiler'

type Build = ReturnType<typeof ajvCompiler>
type Validate = ReturnType<ReturnType<Build>>

/** One for all servers of this process: what one has compiled the others have. */
const build = ajvCompiler()

/**
 * Fastify's own validators, but each is compiled when the first request needs it: all of them at once took a third of the
 * time from the start to the first answer. For `schemaController.compilersFactory.buildValidator`.
 */
export const buildLazily: Build = (...given) => {
	const compile = build(...given)
	return (route) => {
		let compiled: Validate | null = null
		const validate = (data: unknown) => {
			compiled ??= compile(route)
			const result = compiled(data)
			// Where Fastify looks for them.
			lazily.errors = compiled.errors ?? null
			return result
		}
		const lazily = validate as Validate
		return lazily
	}
}
