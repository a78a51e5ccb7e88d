using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Strata.Api.Errors;
using YamlDotNet.Core;

namespace Strata.Api.Json;

/// <summary>Reads YAML request bodies into JSON trees, by the rules of sigs.k8s.io/yaml, so that a manifest means what it means to kubectl.</summary>
public static class YamlJson
{
    /// <summary>Parses one YAML document; JSON is accepted as well.</summary>
    /// <param name="duplicates">Receives the path of each repeated key, such as <c>spec.replicas</c>; the last value wins. Null when nobody asks.</param>
    /// <exception cref="ApiException">BadRequest with line and column when the text is not YAML, is empty, or holds several documents.</exception>
    public static JsonNode Parse(ReadOnlySpan<byte> utf8, List<string>? duplicates)
    {
        if (utf8.TrimStart(" \t\r\n"u8).StartsWith("{"u8))
        {
            var reported = duplicates?.Count ?? 0;
            try
            {
                return StrictJson.Parse(utf8, duplicates);
            }
            catch (ApiException)
            {
                duplicates?.RemoveRange(reported, duplicates.Count - reported); // A YAML flow mapping begins with a brace too: its reader says what is wrong.
            }
        }

        if (!Utf8.IsValid(utf8))
        {
            throw ApiErrors.BadRequest("the body is not valid YAML: it is not UTF-8 text");
        }

        var parser = new Parser(new Scanner(new StringReader(Encoding.UTF8.GetString(utf8)), skipComments: true));
        try
        {
            return new YamlTreeReader(parser, duplicates).Read() ?? throw ApiErrors.BadRequest("the body is empty; send an object");
        }
        catch (YamlException exception)
        {
            throw new ApiException(Problem(exception.Start, exception.Message).Status, exception);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or IndexOutOfRangeException or InvalidCastException)
        {
            // YamlDotNet's scanner trips over some malformed texts instead of describing them.
            throw new ApiException(Problem(parser.Current?.End ?? Mark.Empty, "unexpected text after this position").Status, exception);
        }
    }

    internal static ApiException Problem(Mark position, string message) =>
        ApiErrors.BadRequest(string.Create(CultureInfo.InvariantCulture, $"the body is not valid YAML: line {position.Line}, column {position.Column}: {message}"));
}
