using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;

namespace Strata.ApiServer.CustomResources.Conversion;

/// <summary>Turns objects of other versions of a custom resource into one version. Thread-safe.</summary>
internal interface ICustomResourceConverter
{
    /// <summary>Converts all or fails. May change and return <paramref name="sources"/>, none of which is of the version <paramref name="wanted"/>; keeps their order.</summary>
    /// <exception cref="ApiException">It cannot be done now.</exception>
    ValueTask<IReadOnlyList<JsonObject>> ConvertAsync(IReadOnlyList<JsonObject> sources, KindInfo wanted, CancellationToken cancellationToken);
}
