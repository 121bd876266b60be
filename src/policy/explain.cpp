#include "guanxi/policy/explain-inl.hpp"
