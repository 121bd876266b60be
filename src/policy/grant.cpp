#include "guanxi/policy/grant-inl.hpp"
