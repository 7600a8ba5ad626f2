/** The bundle of logs for whoever helps from outside, as those see it who have it made. */

/** What it is being made of now, in this order. */
export const bundleSteps = ['logs', 'doctor', 'figures', 'done'] as const
export type BundleStep = (typeof bundleSteps)[number]

export interface BundleView {
	/** 'none': none was made since the service started. */
	state: 'none' | 'making' | 'ready' | 'failed'
	/** While it is being made. */
	step: BundleStep | null
	/** When it was ready. */
	at: number | null
	bytes: number | null
	/** Whether who asks may have it. */
	mine: boolean
}
