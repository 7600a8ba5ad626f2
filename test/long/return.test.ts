import './fifty.ts'
import '../scene/return.test.ts'
