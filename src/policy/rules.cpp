#include "guanxi/policy/rules-inl.hpp"
