using System.Text.Json.Nodes;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>The way of one served version to the stored one and back. Thread-safe.</summary>
internal interface IVersionConverter
{
    /// <summary>What is stored, in the served version. The same memory when nothing has to change.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not an object of this kind.</exception>
    ReadOnlyMemory<byte> FromStored(ReadOnlyMemory<byte> stored);

    /// <summary>An object of the served version as it is to be stored; apiVersion and kind are written by the caller.</summary>
    JsonObject ToStored(JsonObject served);

    /// <summary>Whether an object lies in the version in which objects are stored now; if not, even an update that changes nothing is written.</summary>
    bool IsCurrent(ReadOnlySpan<byte> stored);
}
