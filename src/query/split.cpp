#include "guanxi/query/split-inl.hpp"
