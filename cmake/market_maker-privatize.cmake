# market_maker_privatize(<name> OBJECTS <object library>... EXPORTS <symbol>... [ARCHIVE <libmarket_maker.a>])
#
# Makes a static library <name> of object libraries and of their own copy of market-maker, with the symbols in EXPORTS as its only
# ones. Two such libraries, built against different versions, link into one program: neither sees the other's copy, and each
# has its own thread-local error message, handles and threads. For plugins, and for a component whose user may use
# market-maker too.
#
# EXPORTS are the component's own functions as the linker knows them: extern "C". Inline functions of C++ headers become the
# component's own as well, so that two versions of mm::engine never mix; objects of such classes must not cross from one component
# into another. ARCHIVE is the archive of this package unless it is given. Where GNU ld and objcopy are missing this is an error: a
# shared library with hidden symbols does the same there.
function(market_maker_privatize name)
  cmake_parse_arguments(PARSE_ARGV 1 given "" "ARCHIVE" "OBJECTS;EXPORTS")
  if(NOT given_OBJECTS OR NOT given_EXPORTS OR given_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "market_maker_privatize(<name> OBJECTS <object library>... EXPORTS <symbol>... [ARCHIVE <file>])")
  endif()
  if(NOT CMAKE_OBJCOPY OR NOT CMAKE_LINKER OR NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
    message(FATAL_ERROR "market_maker_privatize needs GNU ld and objcopy")
  endif()
  set(archive "${given_ARCHIVE}")
  if(NOT archive)
    get_target_property(archive market_maker_static IMPORTED_LOCATION)
  endif()
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/${name}_private")
  set(output "${folder}/lib${name}.a")
  list(JOIN given_EXPORTS "\n" exports)
  file(CONFIGURE OUTPUT "${folder}/exports" CONTENT "@exports@\n" @ONLY)
  set(objects)
  foreach(library IN LISTS given_OBJECTS)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # Static variables of inline functions are the component's own, too.
      target_compile_options(${library} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:-fno-gnu-unique>")
    endif()
    list(APPEND objects "$<TARGET_OBJECTS:${library}>")
  endforeach()
  string(REGEX REPLACE "objcopy$" "" tools "${CMAKE_OBJCOPY}")
  add_custom_command(OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" "-DOUTPUT=${output}" "-DKEEP_FILE=${folder}/exports" "-DOBJECTS=${objects}" "-DARCHIVES=${archive}"
            "-DFOLD_TOOLS=${tools}" -P "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/market_maker-fold.cmake"
    DEPENDS ${given_OBJECTS} ${objects} "${archive}" "${folder}/exports" "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/market_maker-fold.cmake"
            "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/market_maker-fold.ld"
    COMMENT "Folding market-maker into ${name}" VERBATIM)
  add_custom_target(${name}_fold DEPENDS "${output}")
  if(TARGET market_maker_cargo)
    add_dependencies(${name}_fold market_maker_cargo)
  endif()
  add_library(${name} STATIC IMPORTED GLOBAL)
  set_target_properties(${name} PROPERTIES IMPORTED_LOCATION "${output}")
  get_target_property(system_libraries market_maker_static INTERFACE_LINK_LIBRARIES)
  set_property(TARGET ${name} PROPERTY INTERFACE_LINK_LIBRARIES ${system_libraries})
  add_dependencies(${name} ${name}_fold)
endfunction()
