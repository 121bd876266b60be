#include "guanxi/base/rates-inl.hpp"
