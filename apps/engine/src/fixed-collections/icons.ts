/** A picture that clients show for VMs. */
export interface Icon {
  readonly id: string;
  /** A PNG, in base64. */
  readonly data: string;
}

/** oVirt's sizes: 150 x 120 and 43 x 43 pixels at most. */
export const LARGE_ICON: Icon = {
  id: 'c11bb000-0000-4000-8000-000000000001',
  data: 'iVBORw0KGgoAAAANSUhEUgAAAJgAAAB4AgMAAABz6NMwAAAADFBMVEUAAAA5P0SLjY8AiM5cb5oFAAAANklEQVR42u3XMQEAIAgAQUpakpIaAQYW9X6+Ah+rVWB3sV2EYRiGYRiGYcMsizAM+5QZ9rfYASn1w+W+S34jAAAAAElFTkSuQmCC',
};

export const SMALL_ICON: Icon = {
  id: 'c11bb000-0000-4000-8000-000000000002',
  data: 'iVBORw0KGgoAAAANSUhEUgAAACwAAAAkAgMAAACPuTD/AAAADFBMVEUAAAA5P0SLjY8AiM5cb5oFAAAAH0lEQVR42mMIRQAGXOzw/zBwdUSzw1bBwFSasImICwBh6iwkfihtkAAAAABJRU5ErkJggg==',
};
