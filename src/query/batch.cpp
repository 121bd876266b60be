#include "guanxi/query/batch-inl.hpp"
