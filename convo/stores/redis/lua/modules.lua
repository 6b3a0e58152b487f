-- Files of the library, each a function of its own: Lua lets one have two hundred names.
--
-- What a file returns, those that stand behind it in library.py may take.

local modules = {}

-- What these names are in a file. While the library is loaded Lua's own functions are not there yet.
local function from(file, name, ...)
  if name then return modules[file][name], from(file, ...) end
end
