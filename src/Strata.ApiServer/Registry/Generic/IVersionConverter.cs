using System.Text.Json.Nodes;
using Strata.Api.Errors;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>The way of one served version to the stored one and back. It may ask others (a webhook), so it takes time, whole lists, and can fail. Thread-safe.</summary>
internal interface IVersionConverter
{
    /// <summary>What is stored, in the served version and in the same order. The same memory where nothing has to change, and where it is no JSON object.</summary>
    /// <exception cref="ApiException">It cannot be converted now.</exception>
    ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> FromStoredAsync(IReadOnlyList<ReadOnlyMemory<byte>> stored, CancellationToken cancellationToken);

    /// <summary>An object of the served version as it is to be stored; apiVersion and kind are written by the caller.</summary>
    /// <exception cref="ApiException">It cannot be converted now.</exception>
    ValueTask<JsonObject> ToStoredAsync(JsonObject served, CancellationToken cancellationToken);

    /// <summary>Whether an object lies in the version in which objects are stored now; if not, even an update that changes nothing is written.</summary>
    bool IsCurrent(ReadOnlySpan<byte> stored);
}
