import { TokenBucket } from './token-bucket.ts'

/** So many newcomers are let in at once, and so many a second after that: the transports of one cost the hub 10 to 20 ms. */
const atOnce = 40
const perSecond = 25

/**
 * The pace at which newcomers come into one meeting. When two hundred press at eight o'clock, those who are in already hear
 * and see on; the others are in a few seconds later, in waves, because each is told to try again and does so in its own time.
 */
export const openPace = () => new TokenBucket(atOnce, perSecond)
