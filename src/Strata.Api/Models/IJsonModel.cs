using System.Text.Json;

namespace Strata.Api.Models;

/// <summary>A type that reads itself from JSON and writes itself to JSON without reflection. Unknown members are skipped when reading.</summary>
public interface IJsonModel<TSelf>
    where TSelf : class, IJsonModel<TSelf>
{
    /// <summary>Reads one value. <paramref name="reader"/> stands on its first token and is left on its last one; JSON null reads as the empty value.</summary>
    /// <exception cref="JsonException">A value has the wrong type or form; the message names the expected type.</exception>
    static abstract TSelf Read(ref Utf8JsonReader reader);

    /// <summary>Writes the value, leaving out what is at its default where Kubernetes leaves it out.</summary>
    void Write(Utf8JsonWriter writer);
}
