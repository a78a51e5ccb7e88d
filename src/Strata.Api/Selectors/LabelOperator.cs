namespace Strata.Api.Selectors;

/// <summary>What a label requirement asks.</summary>
public enum LabelOperator : byte
{
    /// <summary>The value is one of a set; <c>=</c> and <c>==</c> are sets of one.</summary>
    In,

    /// <summary>The value is none of a set, or the label is missing.</summary>
    NotIn,
    Exists,
    DoesNotExist,

    /// <summary>The value is an integer greater than the given one.</summary>
    GreaterThan,

    /// <summary>The value is an integer less than the given one.</summary>
    LessThan,
}
