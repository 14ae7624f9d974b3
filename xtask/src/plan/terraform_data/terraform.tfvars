zones = {
  a = { number = 0, public = true }
  b = { number = 1 }
}
