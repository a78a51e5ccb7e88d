using System.Text.Json.Nodes;
using Strata.Api.Models;

namespace Strata.ApiServer.CustomResources.Conversion;

/// <summary>Conversion strategy <c>None</c>: the versions differ in name only.</summary>
internal sealed class NoneConverter : ICustomResourceConverter
{
    public static readonly NoneConverter Instance = new();

    public ValueTask<IReadOnlyList<JsonObject>> ConvertAsync(IReadOnlyList<JsonObject> sources, KindInfo wanted, CancellationToken cancellationToken)
    {
        foreach (var source in sources)
        {
            source["apiVersion"] = wanted.ApiVersion;
        }

        return ValueTask.FromResult(sources);
    }
}
