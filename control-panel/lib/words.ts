/** The same dictionary in another language: every key, and the parameters of each sentence. */
export type Words<T> = {
	[K in keyof T]: T[K] extends (...args: infer A) => string
		? (...args: A) => string
		: T[K] extends string
			? string
			: Words<T[K]>
}
