using System.Globalization;
using System.Text.Json.Nodes;

namespace Strata.Api.Errors;

/// <summary>Collects validation problems with their field paths, in upstream's wording (apimachinery: util/validation/field). Not thread-safe.</summary>
public sealed class FieldErrors
{
    private readonly List<StatusCause> _causes = [];

    public IReadOnlyList<StatusCause> Causes => _causes;

    public bool Any => _causes.Count > 0;

    public void Required(string path, string detail = "") =>
        Add("FieldValueRequired", path, detail.Length == 0 ? "Required value" : $"Required value: {detail}");

    /// <param name="value">The offending value; strings are quoted, JSON is written as it is.</param>
    public void Invalid(string path, object? value, string detail) => Add("FieldValueInvalid", path, $"Invalid value: {Show(value)}: {detail}");

    /// <summary>As <see cref="Invalid"/> where the value would only be noise, as with a whole list.</summary>
    public void InvalidWhole(string path, string detail) => Add("FieldValueInvalid", path, $"Invalid value: {detail}");

    public void Forbidden(string path, string detail) => Add("FieldValueForbidden", path, $"Forbidden: {detail}");

    public void NotSupported(string path, string value, params ReadOnlySpan<string> supported)
    {
        var quoted = new List<string>(supported.Length);
        foreach (var choice in supported)
        {
            quoted.Add($"\"{choice}\"");
        }

        Add("FieldValueNotSupported", path, $"Unsupported value: \"{value}\": supported values: {string.Join(", ", quoted)}");
    }

    public void Duplicate(string path, object? value) => Add("FieldValueDuplicate", path, $"Duplicate value: {Show(value)}");

    public void NotFound(string path, object? value) => Add("FieldValueNotFound", path, $"Not found: {Show(value)}");

    public void TooLong(string path, int mostBytes) => Add("FieldValueTooLong", path, $"Too long: may not be more than {mostBytes} bytes");

    public void TooMany(string path, int actual, int most) => Add("FieldValueTooMany", path, $"Too many: {actual}: must have at most {most} items");

    public void TypeInvalid(string path, object? value, string detail) => Add("FieldValueTypeInvalid", path, $"Invalid value: {Show(value)}: {detail}");

    /// <summary>Takes over problems that were collected elsewhere.</summary>
    public void AddRange(IEnumerable<StatusCause> causes) => _causes.AddRange(causes);

    private static string Show(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        JsonNode node => node.ToJsonString(),
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => $"\"{value}\"",
    };

    private void Add(string reason, string path, string message) => _causes.Add(new StatusCause(reason, message, path));
}
