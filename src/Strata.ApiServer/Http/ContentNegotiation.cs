using System.Globalization;
using Strata.Api.Errors;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Http;

/// <summary>Chooses the form of an answer from the Accept header (apiserver: pkg/endpoints/handlers/negotiation).</summary>
internal static class ContentNegotiation
{
    /// <param name="hasTable">Whether the answer has a table form and metadata.</param>
    /// <exception cref="ApiException">NotAcceptable.</exception>
    public static Rendering Choose(string accept, bool hasTable)
    {
        if (accept.Length == 0 || accept is "*/*" or MediaTypes.Json)
        {
            return default;
        }

        foreach (var entry in Parse(accept))
        {
            var isYaml = entry.Type is MediaTypes.Yaml or "application/x-yaml";
            if (!isYaml && entry.Type is not (MediaTypes.Json or "*/*" or "application/*"))
            {
                continue;
            }

            switch (entry.As)
            {
                case "":
                    return new Rendering(RenderingShape.Full, isYaml);
                case "Table" when hasTable && entry.IsMetaV1:
                    return new Rendering(RenderingShape.Table, isYaml);
                case "PartialObjectMetadata" or "PartialObjectMetadataList" when hasTable && entry.IsMetaV1:
                    return new Rendering(RenderingShape.Metadata, isYaml);
            }
        }

        throw new ApiException(new ApiStatus
        {
            Code = 406,
            Reason = StatusReason.NotAcceptable,
            Message = "only the following media types are accepted: application/json, application/yaml",
        });
    }

    /// <summary>The media ranges of an Accept header, best first.</summary>
    public static IEnumerable<AcceptEntry> Parse(string accept) =>
        accept.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(ParseEntry).Where(static entry => entry.Quality > 0).OrderByDescending(static entry => entry.Quality);

    private static AcceptEntry ParseEntry(string text)
    {
        var parts = text.Split(';', StringSplitOptions.TrimEntries);
        var entry = new AcceptEntry(parts[0].ToLowerInvariant(), "", "", "", 1);
        foreach (var part in parts.AsSpan(1))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var value = equals < 0 ? "" : part[(equals + 1)..].Trim('"');
            entry = (equals < 0 ? part : part[..equals]) switch
            {
                "as" => entry with { As = value },
                "g" => entry with { Group = value },
                "v" => entry with { Version = value },
                "q" => entry with { Quality = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var quality) ? quality : 0 },
                _ => entry,
            };
        }

        return entry;
    }
}
