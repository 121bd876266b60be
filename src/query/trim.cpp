#include "guanxi/query/trim-inl.hpp"
