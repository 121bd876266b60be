#include "guanxi/base/money-inl.hpp"
