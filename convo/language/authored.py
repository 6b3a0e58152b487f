"""What makes a value that an author writes a field of a pydantic model."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema


class Authored(ABC):
    """Read from what stands in the file, written back as it stood there.

    A TextProblem of `read` becomes a pydantic error with its message, and is in its `ctx`.
    """

    __slots__ = ()
    JSON_SCHEMA: ClassVar[dict[str, Any]] = {}

    @classmethod
    @abstractmethod
    def read(cls, raw: object) -> Self:
        """From what stands in the file; raises TextProblem."""

    @property
    @abstractmethod
    def written(self) -> object:
        """As it stood in the file."""

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source_type: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        del source_type, handler
        return core_schema.no_info_plain_validator_function(
            cls.read,
            serialization=core_schema.plain_serializer_function_ser_schema(_written),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        del schema, handler
        return dict(cls.JSON_SCHEMA)


def _written(value: Authored) -> object:
    return value.written
