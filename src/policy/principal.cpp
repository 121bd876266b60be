#include "guanxi/policy/principal-inl.hpp"
