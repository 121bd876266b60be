#include "guanxi/policy/criteria-inl.hpp"
