#include "guanxi/base/utf8-inl.hpp"
