#include "stable_vector.hpp"
using mm::stable_vector;
