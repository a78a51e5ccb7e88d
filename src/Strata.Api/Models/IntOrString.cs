using System.Globalization;

namespace Strata.Api.Models;

/// <summary>A JSON number or string, as in <c>targetPort</c> and <c>maxSurge</c>. The form is kept: <c>"80"</c> stays a string.</summary>
public readonly record struct IntOrString
{
    public IntOrString(int value) => Number = value;

    public IntOrString(string text) => Text = text;

    /// <summary>The number; 0 when it is a string.</summary>
    public int Number { get; }

    /// <summary>The string; null when it is a number.</summary>
    public string? Text { get; }

    public bool IsNumber => Text is null;

    public static implicit operator IntOrString(int value) => new(value);

    public static implicit operator IntOrString(string text) => new(text);

    /// <summary>Resolves a number, or a percentage of <paramref name="total"/>.</summary>
    /// <param name="total">What 100 % means.</param>
    /// <param name="roundUp">Whether a fraction goes up (maxSurge) or down (maxUnavailable).</param>
    /// <exception cref="FormatException">The text is not a percentage.</exception>
    public int Scale(int total, bool roundUp)
    {
        if (Text is null)
        {
            return Number;
        }

        if (!Text.EndsWith('%') || !int.TryParse(Text.AsSpan(0, Text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var percent))
        {
            throw new FormatException($"\"{Text}\" is neither a number nor a percentage such as 25%");
        }

        var product = (long)percent * total;
        return (int)(roundUp ? (product + 99) / 100 : product / 100);
    }

    public override string ToString() => Text ?? Number.ToString(CultureInfo.InvariantCulture);
}
