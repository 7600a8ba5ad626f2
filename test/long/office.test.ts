import '../documents/office.live.test.ts'
import '../minutes/odt.live.test.ts'
