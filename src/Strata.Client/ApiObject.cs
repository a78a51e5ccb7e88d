using Strata.Api.Models;

namespace Strata.Client;

/// <summary>An object as JSON, with its typed form made at most once and shared by everyone in the process who asks. Immutable and thread-safe.</summary>
/// <param name="json">UTF-8 JSON of the object, resourceVersion included.</param>
public sealed class ApiObject(ReadOnlyMemory<byte> json)
{
    private object? _typed;

    public ReadOnlyMemory<byte> Json { get; } = json;

    /// <summary>The object as <typeparamref name="T"/>; the same instance on every call.</summary>
    /// <exception cref="System.Text.Json.JsonException">The JSON does not fit the type.</exception>
    public T As<T>()
        where T : class, IJsonModel<T>
    {
        if (Volatile.Read(ref _typed) is T known)
        {
            return known;
        }

        var parsed = ModelJson.Parse<T>(Json.Span);
        return Interlocked.CompareExchange(ref _typed, parsed, null) as T ?? parsed;
    }
}
