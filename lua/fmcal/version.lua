-- The version of fmcal; the build takes it from here.
return "fmcal 0.1.0"
