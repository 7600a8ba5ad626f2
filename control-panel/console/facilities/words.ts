import { CameraWords } from '../../lib/camera/words.ts'
import { en } from './i18n-facilities-en.ts'
import { ko } from './i18n-facilities-ko.ts'

/** Everything that the facilities page says, in the language of now. */
export class FacilitiesWords extends CameraWords {
	get texts(): typeof en {
		return this.language.current === 'en' ? en : ko
	}
}
