#include "guanxi/base/time-inl.hpp"
