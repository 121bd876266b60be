#include "guanxi/base/error-inl.hpp"
