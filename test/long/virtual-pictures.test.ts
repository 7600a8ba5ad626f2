import '../drivers/virtual/picture.live.test.ts'
