#include "guanxi/query/bounds-inl.hpp"
